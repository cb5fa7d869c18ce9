using AccountGrid.Cli;

return await CliApplication.RunAsync(args, CliHost.Process());
