using DevopsCd.Bench;

await Measurement.Run(Options.Parse(args), () => new WolverineContestant());
