using DevopsCd.Cli;

return await new CommandLine(Surroundings.OfThisProcess()).RunAsync(args);
