using System.Buffers;
using System.Security.Cryptography;

namespace DevopsCd.Host.Api;

/// <summary>
/// What is written once and sent, in pieces that are lent: a large answer in one piece would be a large object for each request, which only a full
/// collection of garbage takes away again.
/// </summary>
internal sealed class PooledBytes : IBufferWriter<byte>, IDisposable
{
    /// <summary>Below what the runtime counts as a large object.</summary>
    private const int PieceSize = 65_536;

    private readonly List<(byte[] Bytes, int Length)> _full = [];
    private byte[] _last = [];
    private int _used;

    /// <summary>All that was written.</summary>
    public long Length => _full.Sum(piece => (long)piece.Length) + _used;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _last.Length - _used);
        _used += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_last.Length - _used < Math.Max(1, sizeHint))
        {
            _full.Add((_last, _used));
            (_last, _used) = (ArrayPool<byte>.Shared.Rent(Math.Max(PieceSize, sizeHint)), 0);
        }
        return _last.AsMemory(_used);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public byte[] Sha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var piece in Pieces)
            hash.AppendData(piece.Span);
        return hash.GetHashAndReset();
    }

    public async Task WriteToAsync(Stream stream, CancellationToken cancellationToken)
    {
        foreach (var piece in Pieces)
            await stream.WriteAsync(piece, cancellationToken);
    }

    public void Dispose()
    {
        foreach (var (bytes, _) in _full)
            Return(bytes);
        Return(_last);
        _full.Clear();
        (_last, _used) = ([], 0);
    }

    private IEnumerable<ReadOnlyMemory<byte>> Pieces =>
        _full.Append((_last, _used)).Where(piece => piece.Item2 > 0).Select(piece => (ReadOnlyMemory<byte>)piece.Item1.AsMemory(0, piece.Item2));

    private static void Return(byte[] bytes)
    {
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
    }
}
