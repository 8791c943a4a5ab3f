using Microsoft.EntityFrameworkCore;

namespace MassTransit.QuartzIntegration;

/// <summary>The context in whose transaction schedules of this scope are written, while one is open.</summary>
internal interface IScheduleTransactionSource
{
    DbContext? Current { get; }
}
