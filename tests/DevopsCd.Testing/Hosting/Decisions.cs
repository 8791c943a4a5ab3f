namespace DevopsCd.Testing.Hosting;

/// <summary>What people decide of a batch on its way from creation to acceptance.</summary>
public static class Decisions
{
    /// <summary>The event by which people move a batch on from a state; null where the engine does, and at the end.</summary>
    public static string? In(int state) => state switch
    {
        0 => "approve",
        5 => "confirm_tag",
        22 => "start_prod_deploy",
        32 => "final_accept",
        _ => null
    };
}
