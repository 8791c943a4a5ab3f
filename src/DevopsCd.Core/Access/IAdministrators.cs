namespace DevopsCd.Core.Access;

/// <summary>
/// Who may do everything by what their account says, without a binding. Asked so that refusals can name them; it allows nothing. Asked again
/// after <see cref="AccessRights.ChangeAsync" />.
/// </summary>
internal interface IAdministrators
{
    /// <summary>By kind and name.</summary>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken);
}
