using AccountGrid.Chaos;

return await ChaosCommand.RunAsync(args);
