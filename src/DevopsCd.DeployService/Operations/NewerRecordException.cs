namespace DevopsCd.DeployService.Operations;

/// <summary>A record that a later version of this service has written, in a format this one does not know. It is neither acted on nor changed.</summary>
internal sealed class NewerRecordException(string id) : Exception(
    $"operation '{id}' is recorded by a newer version of this service than this replica's, which leaves it alone; a newer replica answers for it");
