using AccountGrid.Chaos.Mutants;
using AccountGrid.Silo;

// Its name alone comes from the environment: the command line is the silo's own.
var name = Environment.GetEnvironmentVariable(Mutation.Variable);
if (Mutation.Of(name, args) is not { } mutation)
{
    // A misspelt one must not pass for a right silo.
    Console.Error.WriteLine($"{Mutation.Variable} names no mutant: '{name}'.");
    return SiloCommand.WrongSettings;
}

return await SiloCommand.RunAsync(args, mutation);
