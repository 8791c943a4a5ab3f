using System.Data.Common;

namespace MassTransit.QuartzIntegration;

/// <summary>The database transaction that schedules of this scope belong to, if one is open.</summary>
internal interface IScheduleTransactionSource
{
    DbTransaction? Current { get; }
}
