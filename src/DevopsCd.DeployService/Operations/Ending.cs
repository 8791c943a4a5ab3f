using DevopsCd.Contracts.Api;

namespace DevopsCd.DeployService.Operations;

/// <summary>How an operation ends.</summary>
/// <param name="Phase">The phase it ends in.</param>
/// <param name="Reason">Why, in a short stable word.</param>
/// <param name="Message">The same for people.</param>
/// <param name="Cause">What was seen when it failed, before anything was taken back; null where nothing had.</param>
internal sealed record Ending(string Phase, string Reason, string Message, DeployCause? Cause = null);
