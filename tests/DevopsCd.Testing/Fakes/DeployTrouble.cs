namespace DevopsCd.Testing.Fakes;

/// <summary>What happens to one call on its way, whatever the deploy service would answer.</summary>
public sealed record DeployTrouble
{
    private DeployTrouble()
    {
    }

    /// <summary>The status of an answer in the service's place, as a proxy gives it: without a body of ours, and nothing is done.</summary>
    public int? Status { get; private init; }

    /// <summary>Done, and the headers of the answer come at once; its body never does.</summary>
    public static DeployTrouble SilentBody { get; } = new();

    /// <summary>Done, and the connection breaks before the answer.</summary>
    public static DeployTrouble LostAnswer { get; } = new();

    /// <summary>Somebody in front of the service answers, and nothing is done.</summary>
    public static DeployTrouble Refuse(int status) => new() { Status = status };
}
