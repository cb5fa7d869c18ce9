using AccountGrid.Benchmarks;

return await BenchmarkCommand.Create().Parse(args).InvokeAsync();
