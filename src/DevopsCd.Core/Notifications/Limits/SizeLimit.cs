namespace DevopsCd.Core.Notifications.Limits;

/// <summary>
/// How long a channel's messages may be. Starts with what the service documents and shrinks when the service finds a message too long:
/// the next try, and every later message, keeps to what is left.
/// </summary>
/// <param name="documented">What the service takes, less a reserve for what it adds itself; 0 for a body that cannot be shortened.</param>
internal sealed class SizeLimit(int documented)
{
    /// <summary>A title, a state and a link need about as much.</summary>
    private const int Shortest = 400;

    private int _present = documented;

    public int Present => Volatile.Read(ref _present);

    /// <summary>Whether a shorter message can be made than the one of <paramref name="sent" /> bytes; if so, the next one will be.</summary>
    public bool Shrink(int sent)
    {
        var half = Math.Min(Present, sent) / 2;
        if (half < Shortest)
            return false;
        Volatile.Write(ref _present, half);
        return true;
    }
}
