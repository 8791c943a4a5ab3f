using DevopsCd.Bench;

if (args is ["curve", ..])
    return await Curve.Run(args[1..]);
if (args is ["run", ..])
    return await Tournament.Run(args[1..]);

var options = Options.Parse(args);
switch (options.Contestant)
{
    case "rabbitmq":
        await RelayMeasurement.Run(options);
        break;
    case "ours":
        await Measurement.Run(options, () => new MassTransitContestant(durable: true));
        break;
    case "in-memory-outbox":
        await Measurement.Run(options, () => new MassTransitContestant(durable: false));
        break;
    case "floor-one":
        await Measurement.Run(options, () => new FloorContestant(Floor.OneTransaction));
        break;
    case "floor-two":
        await Measurement.Run(options, () => new FloorContestant(Floor.TwoTransactions));
        break;
    case "floor-batched":
        await Measurement.Run(options, () => new FloorContestant(Floor.TwoBatched));
        break;
    default:
        Console.Error.WriteLine($"Unknown contestant {options.Contestant}");
        return 2;
}

return 0;
