namespace DevopsCd.DeployService.Api;

/// <summary>Marks routes that answer whether or not the records can be reached: a cluster that is away is what they find, or they ask none.</summary>
internal sealed class NeedsNoRecords;
