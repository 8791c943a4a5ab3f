using Microsoft.Extensions.Hosting;

namespace DevopsCd.Shared;

/// <summary>
/// What ends a process whose background service has died. The framework stops the host, in good order and with exit code 0, after which nobody
/// would start it again.
/// </summary>
internal static class BackgroundFailure
{
    /// <summary>The exit code of a process that is to be started again.</summary>
    public const int ExitCode = 1;

    /// <summary>Says on the error output which service has failed first, if one has, and returns the exit code: 0 when all have ended well.</summary>
    /// <param name="program">Names the program.</param>
    /// <param name="services">The host's services, after it has stopped.</param>
    public static async Task<int> TellAsync(string program, IEnumerable<IHostedService> services)
    {
        if (Find(program, services) is not { } failure)
            return 0;
        await Console.Error.WriteLineAsync(failure);
        return ExitCode;
    }

    private static string? Find(string program, IEnumerable<IHostedService> services) => services.OfType<BackgroundService>()
        .Where(service => service.ExecuteTask is { IsFaulted: true })
        .Select(service => $"{program} has ended, because {service.GetType().Name.Split('`')[0]} failed: {service.ExecuteTask!.Exception!.GetBaseException().Message.ReplaceLineEndings(" ")}")
        .FirstOrDefault();
}
