namespace DevopsCd.Host.Broker;

/// <summary>What a delivery turned out to be; left on the receive context for the parking that may follow.</summary>
internal sealed record MessageIdentity(string[] Types, Guid MessageId);
