using System.CommandLine;

return await new RootCommand("AccountGrid's command line.").Parse(args).InvokeAsync();
