namespace DevopsCd.Testing;

/// <summary>A file system of a few megabytes that can be filled to the last byte. Mounting one takes root, as the tests have in CI.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    private string Ballast => Path.Combine(Folder, "ballast");

    /// <exception cref="InvalidOperationException">Mounting is not allowed here: nothing was tested.</exception>
    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        var folder = Directory.CreateTempSubdirectory("devopscd-disk-").FullName;
        await ServerProgram.RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0755", "devopscd-test", folder).ConfigureAwait(false);
        return new(folder);
    }

    /// <summary>Takes every byte that is left.</summary>
    public void Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var piece in (byte[][])[new byte[1 << 20], new byte[1 << 12]])
            while (HasTaken(ballast, piece))
            {
            }
    }

    /// <summary>There is room again.</summary>
    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        await ServerProgram.RunAsync("umount", "-l", Folder).ConfigureAwait(false);
        Directory.Delete(Folder);
    }

    private static bool HasTaken(FileStream ballast, byte[] piece)
    {
        try
        {
            ballast.Write(piece);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
