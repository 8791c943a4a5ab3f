namespace DevopsCd.Core.Data;

/// <summary>What a new database is filled with where <c>core:storage:sample_catalogue</c> asks for it; asked at every start, so it looks before it fills.</summary>
internal interface IFirstContent
{
    Task FillAsync(CancellationToken cancellationToken);
}
