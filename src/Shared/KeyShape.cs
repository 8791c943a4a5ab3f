namespace DevopsCd.Shared;

/// <summary>What a configuration key holds.</summary>
internal enum KeyShape
{
    Value,
    List,
    Dictionary,
    Section
}
