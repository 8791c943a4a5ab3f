namespace DevopsCd.Host.Broker;

/// <summary>Left on a delivery that was parked: nothing more is to be done about it.</summary>
internal sealed class AlreadyParked;
