namespace DevopsCd.Core.Releases;

/// <summary>Where a gate of a policy stands (R22).</summary>
internal enum GatePoint
{
    BeforeSeal,
    BeforePre,
    AfterPre,
    BeforeProd,
    AfterProd
}
