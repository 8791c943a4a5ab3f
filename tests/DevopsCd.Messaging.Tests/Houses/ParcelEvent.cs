namespace DevopsCd.Messaging.Tests.Houses;

/// <summary>The audit of a parcel.</summary>
public sealed class ParcelEvent
{
    public long Id { get; set; }

    public Guid ParcelId { get; set; }

    public Guid? MessageId { get; set; }

    public string Text { get; set; } = "";
}
