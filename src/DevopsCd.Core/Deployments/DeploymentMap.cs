using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Deployments;

/// <summary>Table <c>deployments</c>.</summary>
internal sealed class DeploymentMap : IEntityTypeConfiguration<Deployment>
{
    public void Configure(EntityTypeBuilder<Deployment> deployment)
    {
        deployment.ToTable("deployments");
        deployment.Property(d => d.OperationId).HasMaxLength(63);
        deployment.Property(d => d.Reverts).HasMaxLength(63);
        deployment.Property(d => d.Trace).HasMaxLength(64);
        deployment.Ignore(d => d.Previous);
        deployment.HasIndex(d => d.OperationId).IsUnique();
        deployment.HasOne(d => d.Release).WithMany().HasForeignKey(d => d.ReleaseId);
        deployment.HasIndex(d => new { d.BatchId, d.Stage, d.Attempt });
        // The net looks for calls that are overdue; ended operations are not in this index.
        deployment.HasIndex(d => d.NextActionAt, "ix_deployments_due").HasFilter("next_action_at IS NOT NULL");
        // Whoever starts an operation asks what of the ended ones may still run: hardly ever any.
        deployment.HasIndex(d => d.Application, "ix_deployments_stop_due").HasFilter("may_run AND finished_at IS NOT NULL");
    }
}
