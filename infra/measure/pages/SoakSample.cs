namespace DevopsCd.PagesBench;

/// <summary>Memory at one moment.</summary>
/// <param name="Minute">Since the beginning.</param>
/// <param name="HostMegabytes">Resident memory of the host.</param>
/// <param name="ScriptMegabytes">What the page's scripts hold, after their garbage was collected.</param>
/// <param name="Nodes">Nodes of the page.</param>
internal sealed record SoakSample(int Minute, long HostMegabytes, long ScriptMegabytes, long Nodes);
