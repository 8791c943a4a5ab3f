namespace DevopsCd.Messaging.Tests.Houses;

/// <summary>Asks the scripted consumer to do what the test's script says.</summary>
public sealed record Work
{
    public Guid WorkId { get; init; } = NewId.NextGuid();

    public string Text { get; init; } = "";
}

/// <summary>What a script publishes; the observer counts it.</summary>
public sealed record Done
{
    public Guid WorkId { get; init; }

    public int Number { get; init; }

    public string Text { get; init; } = "";
}

/// <summary>Opens a parcel.</summary>
public sealed record RegisterParcel
{
    public Guid ParcelId { get; init; }
}

/// <summary>Moves a parcel on.</summary>
public sealed record MoveParcel
{
    public Guid ParcelId { get; init; }

    public string Mode { get; init; } = "";
}

/// <summary>Ends every parcel that is at a station.</summary>
public sealed record CloseStation
{
    public string Station { get; init; } = "";
}

/// <summary>Asks how a parcel stands; changes nothing.</summary>
public sealed record AskParcel
{
    public Guid ParcelId { get; init; }
}

/// <summary>The answer.</summary>
public sealed record ParcelStanding
{
    public Guid ParcelId { get; init; }

    public int Moves { get; init; }
}

/// <summary>Deletes a parcel.</summary>
public sealed record ForgetParcel
{
    public Guid ParcelId { get; init; }
}

/// <summary>A parcel has moved.</summary>
public sealed record ParcelMoved
{
    public Guid ParcelId { get; init; }

    public int Moves { get; init; }
}
