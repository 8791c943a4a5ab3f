using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace DevopsCd.Shared.Evidence;

/// <summary>
/// Checks the chain of an audit: each row is what its hash says, follows the one before it, and none is missing. What is wrong is named by the
/// row's number.
/// </summary>
internal sealed class AuditCheck
{
    private readonly List<string> _wrong = [];
    private readonly List<AuditRow> _rows = [];

    private AuditCheck(string text)
    {
        var line = 0;
        foreach (var json in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            line++;
            if (AuditRow.Read(json) is { } row)
                _rows.Add(row);
            else
                _wrong.Add($"line {line} cannot be read");
        }
    }

    /// <summary>The rows that can be read, in the order of the file.</summary>
    public IReadOnlyList<AuditRow> Rows => _rows;

    public IReadOnlyList<string> Wrong => _wrong;

    /// <param name="text">The audit, a row on each line.</param>
    /// <param name="length">How many rows there are.</param>
    /// <param name="head">The hash of the last one.</param>
    public static AuditCheck Of(string text, int length, string head)
    {
        var check = new AuditCheck(text);
        check.LookAtEach();
        check.LookForMissing(length);
        check.LookAtOrder();
        check.LookAtLinks(length, head);
        return check;
    }

    private void LookAtEach()
    {
        foreach (var row in _rows.Where(row => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(row.Text))) != row.Hash))
            _wrong.Add($"{row} was changed: it is not what its hash says");
    }

    private void LookForMissing(int length)
    {
        var there = _rows.Select(row => row.Number).ToHashSet();
        var last = Math.Max(length, there.Count == 0 ? 0 : there.Max());
        for (var number = 1; number <= last; number++)
        {
            var first = number;
            while (number <= last && !there.Contains(number))
                number++;
            if (number > first)
                _wrong.Add(number == first + 1 ? $"row {first} is missing" : $"rows {first} to {number - 1} are missing");
        }
        _wrong.AddRange(_rows.GroupBy(row => row.Number).Where(same => same.Count() > 1).Select(same => $"row {same.Key} is there {same.Count()} times"));
        _wrong.AddRange(_rows.Where(row => row.Number < 1 || row.Number > length).Select(row => $"{row} is none of the {length} rows of this audit"));
    }

    private void LookAtOrder()
    {
        for (var i = 1; i < _rows.Count; i++)
            if (_rows[i].Number < _rows[i - 1].Number)
                _wrong.Add($"{_rows[i]} stands after row {_rows[i - 1].Number}");
    }

    private void LookAtLinks(int length, string head)
    {
        var byNumber = _rows.GroupBy(row => row.Number).ToDictionary(same => same.Key, same => same.First());
        foreach (var row in byNumber.Values.OrderBy(row => row.Number))
            if (row.Number == 1 ? row.Previous.Length > 0 : byNumber.TryGetValue(row.Number - 1, out var before) && before.Hash != row.Previous)
                _wrong.Add(row.Number == 1 ? $"{row} is the first, and yet follows another one"
                    : $"{row} does not follow row {row.Number - 1} as it is: one of the two was replaced");
        if (byNumber.TryGetValue(length, out var last) && last.Hash != head)
            _wrong.Add($"{last} is not the one with which the audit ends: it was replaced");
    }
}
