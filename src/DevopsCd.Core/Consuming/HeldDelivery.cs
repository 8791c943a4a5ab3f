namespace DevopsCd.Core.Consuming;

/// <summary>Marks a delivery that was held and is given to its consumer once more.</summary>
internal sealed record HeldDelivery;
