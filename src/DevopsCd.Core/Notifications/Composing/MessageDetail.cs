namespace DevopsCd.Core.Notifications.Composing;

/// <summary>How much of a message is written out.</summary>
/// <param name="Applications">Applications named; the rest is a count.</param>
/// <param name="Earlier">Earlier notices named; the rest is a count.</param>
/// <param name="Text">Characters of a value.</param>
internal sealed record MessageDetail(int Applications, int Earlier, int Text)
{
    // A person does not read more than that in a chat; the batch's page has all of it.
    private const int Most = 30;

    /// <summary>The most detailed body within <paramref name="longest" /> as <paramref name="size" /> counts; the least detailed one if none is.</summary>
    public static byte[] Fit(NoticeMessage message, int longest, Func<byte[], int> size, Func<MessageDetail, byte[]> build)
    {
        var (fits, breaks) = (-1, Math.Min(message.Applications.Count, Most) + 1);
        byte[]? best = null;
        while (breaks - fits > 1)
        {
            // Try all of it first: nearly every message fits.
            var middle = best is null && breaks == Math.Min(message.Applications.Count, Most) + 1 ? breaks - 1 : (fits + breaks) / 2;
            var body = build(new MessageDetail(middle, 5, 300));
            if (size(body) <= longest)
                (fits, best) = (middle, body);
            else
                breaks = middle;
        }
        if (best is not null)
            return best;
        var small = build(new MessageDetail(0, 1, 100));
        return size(small) <= longest ? small : build(new MessageDetail(0, 0, 40));
    }
}
