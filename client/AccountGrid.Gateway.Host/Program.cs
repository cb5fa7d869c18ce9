using AccountGrid.Gateway.Host;

return await HostCommand.RunAsync(args);
