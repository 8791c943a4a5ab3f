namespace DevopsCd.Core.Batches;

/// <summary>The fields that messages to a batch share by name; they share no base type, for each is a contract of its own.</summary>
internal static class EventFields<T> where T : class
{
    public static readonly Func<T, string?> Operator = Reader<string?>(nameof(Operator));

    public static readonly Func<T, string?> Reason = Reader<string?>(nameof(Reason));

    public static readonly Func<T, int?> ExpectedVersion = Reader<int?>(nameof(ExpectedVersion));

    public static readonly Func<T, Guid> BatchId = Reader<Guid>(nameof(BatchId));

    private static Func<T, TValue> Reader<TValue>(string name) =>
        typeof(T).GetProperty(name) is { } property && property.PropertyType == typeof(TValue)
            ? property.GetMethod!.CreateDelegate<Func<T, TValue>>()
            : _ => default!;
}
