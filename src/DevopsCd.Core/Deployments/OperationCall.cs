namespace DevopsCd.Core.Deployments;

/// <summary>What is due for an operation.</summary>
internal enum OperationCall
{
    /// <summary>Nothing: it has ended, at the deploy service as well.</summary>
    None,

    /// <summary>Ask the deploy service to start it. Uses up a try.</summary>
    Submit,

    /// <summary>Ask how it stands.</summary>
    Look,

    /// <summary>Ask the deploy service to stop it.</summary>
    Stop,

    /// <summary>It ends without a call: the service never got it, or its tries are used up.</summary>
    Close
}
