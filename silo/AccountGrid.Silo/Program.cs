using AccountGrid.Silo;

return await SiloCommand.RunAsync(args);
