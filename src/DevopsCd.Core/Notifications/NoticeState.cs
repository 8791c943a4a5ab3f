using DevopsCd.Core.Batches;

namespace DevopsCd.Core.Notifications;

/// <summary>A batch's state as a notice shows it.</summary>
internal sealed record NoticeState(short Code, string Name, string Label)
{
    public static NoticeState Of(string name) => new(BatchStatus.Code(name), name, BatchStatus.Label(name));
}
