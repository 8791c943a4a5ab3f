namespace DevopsCd.Core.Data;

/// <summary>What was read ahead in a transaction, or outside of any. It counts until that ends: afterwards others may have changed it.</summary>
/// <param name="db">Has read it.</param>
/// <param name="value">What was read.</param>
internal sealed class ReadInTransaction<T>(CdDbContext db, T value)
{
    private readonly Guid? _transaction = Present(db);

    public T Value => value;

    /// <summary>The context is still where it read it.</summary>
    public bool Holds => _transaction == Present(db);

    private static Guid? Present(CdDbContext db) => db.Database.CurrentTransaction?.TransactionId;
}
