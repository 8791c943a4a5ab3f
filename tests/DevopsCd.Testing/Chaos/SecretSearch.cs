namespace DevopsCd.Testing.Chaos;

/// <summary>I13: no secret in any output. Looks through files, texts and every row of the database.</summary>
public sealed class SecretSearch(PostgresDatabase database, IReadOnlyDictionary<string, string> secrets)
{
    /// <param name="outputs">Texts by the name of where they come from.</param>
    public async Task<IReadOnlyList<string>> CheckAsync(IEnumerable<(string Where, string Text)> outputs)
    {
        List<string> found = [.. outputs.SelectMany(output => secrets.Where(secret => output.Text.Contains(secret.Value, StringComparison.Ordinal))
            .Select(secret => $"I13 {secret.Key} stands in {output.Where}"))];
        foreach (var table in await database.QueryAsync<string>("select quote_ident(tablename) from pg_tables where schemaname = 'public'")
            .ConfigureAwait(false))
            foreach (var (name, secret) in secrets)
                if (await database.ScalarAsync<long>(
                    $"select count(*) from {table} as r where strpos(r::text, $1) > 0 or strpos(r::text, encode(convert_to($1, 'UTF8'), 'hex')) > 0", secret)
                        .ConfigureAwait(false) is > 0 and var rows)
                    found.Add($"I13 {name} stands in {rows} rows of {table}");
        return found;
    }
}
