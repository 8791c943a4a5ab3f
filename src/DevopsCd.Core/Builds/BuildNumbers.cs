using System.Buffers;

namespace DevopsCd.Core.Builds;

/// <summary>
/// Compares build numbers as people read them: part by part from the left, digits as numbers, so that <c>20261129.1</c> follows
/// <c>20261128.9</c>, <c>128.2</c> follows <c>128</c> and <c>1.4.0</c> follows <c>1.4.0-rc.1</c>.
/// </summary>
internal static class BuildNumbers
{
    private static readonly SearchValues<char> s_separators = SearchValues.Create(".-_+/~# :");

    private static readonly SearchValues<char> s_hexadecimal = SearchValues.Create("0123456789abcdef");

    private static readonly string[] s_stages = ["dev", "alpha", "beta", "rc"];

    /// <returns>Less than, equal to or greater than zero; null where the two numbers are of different kinds and nothing orders them.</returns>
    public static int? Compare(string a, string b)
    {
        var (left, right) = (Parts(a), Parts(b));
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            var order = ComparePart(left[i], right[i]);
            if (order is null && IsHash(left[i]) && IsHash(right[i]))
                continue; // A commit's name says nothing; what follows it may.
            if (order != 0)
                return order;
        }

        if (left.Count == right.Count)
            return left.SequenceEqual(right, StringComparer.OrdinalIgnoreCase) ? 0 : null;
        return left.Count > right.Count ? Longer(left[right.Count]) : -Longer(right[left.Count]);
    }

    // "1.4.0" is longer by "rc": it comes before. By a number it comes after; by any other word nobody knows.
    private static int? Longer(string next) => Stage(next) >= 0 ? -1 : char.IsAsciiDigit(next[0]) && !IsHash(next) ? 1 : null;

    private static int? ComparePart(string a, string b)
    {
        if (a.Equals(b, StringComparison.OrdinalIgnoreCase))
            return 0;
        if (IsHash(a) || IsHash(b))
            return null;
        var (i, j) = (0, 0);
        while (i < a.Length && j < b.Length)
        {
            var runA = Run(a, i);
            var runB = Run(b, j);
            var order = char.IsAsciiDigit(runA[0]) && char.IsAsciiDigit(runB[0]) ? CompareDigits(runA, runB) : CompareWords(runA, runB);
            if (order != 0)
                return order;
            (i, j) = (i + runA.Length, j + runB.Length);
        }

        return (a.Length - i).CompareTo(b.Length - j) switch { 0 => 0, > 0 => Longer(Run(a, i).ToString()), _ => -Longer(Run(b, j).ToString()) };
    }

    private static int CompareDigits(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        a = a.TrimStart('0');
        b = b.TrimStart('0');
        return a.Length != b.Length ? a.Length.CompareTo(b.Length) : Math.Sign(a.SequenceCompareTo(b));
    }

    private static int? CompareWords(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (a.Equals(b, StringComparison.OrdinalIgnoreCase))
            return 0;
        var (first, second) = (Stage(a.ToString()), Stage(b.ToString()));
        return first >= 0 && second >= 0 ? first.CompareTo(second) : null;
    }

    private static ReadOnlySpan<char> Run(string part, int start)
    {
        var end = start + 1;
        while (end < part.Length && char.IsAsciiDigit(part[end]) == char.IsAsciiDigit(part[start]))
            end++;
        return part.AsSpan(start, end - start);
    }

    private static int Stage(string word) =>
        Array.FindIndex(s_stages, s => word.StartsWith(s, StringComparison.OrdinalIgnoreCase) && word.AsSpan(s.Length).IndexOfAnyExceptInRange('0', '9') < 0);

    // Seven digits or more of base 16 with a letter among them: the short or long name of a commit.
    private static bool IsHash(string part) =>
        part.Length >= 7 && part.AsSpan().IndexOfAnyExcept(s_hexadecimal) < 0 && part.AsSpan().IndexOfAnyInRange('a', 'f') >= 0;

    private static List<string> Parts(string number)
    {
        var parts = new List<string>();
        var start = 0;
        for (var i = 0; i <= number.Length; i++)
            if (i == number.Length || s_separators.Contains(number[i]))
            {
                if (i > start)
                    parts.Add(number[start..i]);
                start = i + 1;
            }

        // "v1.4" is what people call "1.4".
        if (parts is [{ Length: > 1 } first, ..] && first[0] is 'v' or 'V' && char.IsAsciiDigit(first[1]))
            parts[0] = first[1..];
        return parts;
    }
}
