using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;

namespace DevopsCd.Core.Data;

/// <summary>
/// The embedded mode's database file: its folder and it are the owner's alone, and one process has it. The mark is a lock that the
/// operating system holds for the process and frees with it, however it ends.
/// </summary>
internal sealed class SqliteFile : IDisposable
{
    private const string Key = "core:storage:connection_string";
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private FileStream? _mark;

    /// <summary>Takes the file, which is made where there is none.</summary>
    /// <exception cref="StartRefusedException">Another process has it, or it cannot be written.</exception>
    public void Take(string connectionString)
    {
        var path = Path.GetFullPath(new SqliteConnectionStringBuilder(connectionString).DataSource);
        try
        {
            Create(path);
            // The same file under another name has the same mark.
            if (File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target)
                path = target.FullName;
            _mark = new FileStream(path + ".lock", Options(FileShare.None));
        }
        catch (IOException) when (File.Exists(path + ".lock") && IsTaken(path + ".lock"))
        {
            throw new StartRefusedException(
                $"{Key}: another process runs on {path} (it holds {Path.GetFileName(path)}.lock). Stop it or name another file; several hosts share a database only with core:storage:provider=postgres.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{Key}: {path} cannot be written: {failure.Message}", failure);
        }
    }

    /// <summary>What SQLite itself says when it cannot use the file, for a person.</summary>
    public static StartRefusedException Refusal(string connectionString, SqliteException failure) =>
        new($"{Key}: {new SqliteConnectionStringBuilder(connectionString).DataSource} cannot be used: {failure.SqliteErrorCode switch
        {
            8 => "it is read-only",
            11 or 26 => "it is damaged or not an SQLite database; restore a backup or name another file",
            13 => "its disk is full",
            14 => "it cannot be opened; look at its folder and at the rights",
            5 or 6 => "somebody else keeps it locked",
            _ => failure.Message
        }}", failure);

    public void Dispose() => _mark?.Dispose();

    private static void Create(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder && !Directory.Exists(folder))
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder);
            else
                Directory.CreateDirectory(folder, Owner | UnixFileMode.UserExecute);
        }
        using (new FileStream(path, Options(FileShare.ReadWrite)))
        {
        }
        if (!OperatingSystem.IsWindows())
            Tighten(path);
    }

    private static FileStreamOptions Options(FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Owner;
        return options;
    }

    /// <summary>Files of an earlier version, too. SQLite gives those it makes beside the database the database's rights.</summary>
    [UnsupportedOSPlatform("windows")]
    private static void Tighten(string path)
    {
        foreach (var file in (string[])[path, path + "-wal", path + "-shm"])
            if (File.Exists(file) && (File.GetUnixFileMode(file) & ~Owner) != 0)
                File.SetUnixFileMode(file, Owner);
    }

    private static bool IsTaken(string mark)
    {
        try
        {
            using (new FileStream(mark, Options(FileShare.None)))
                return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
