using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Deployments;

/// <summary>Table <c>deployments</c>.</summary>
internal sealed class DeploymentMap : IEntityTypeConfiguration<Deployment>
{
    private const string Succeeded = "status = 'succeeded'";

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
        // What runs: a handful, which the metrics and the scan look for among all that ever ran.
        deployment.HasIndex(d => d.Id, "ix_deployments_running").HasFilter("finished_at IS NULL");
        // How delivery went in some months, and what an application had before or usually takes, without what there was otherwise.
        deployment.HasIndex(d => new { d.Stage, d.FinishedAt }, "ix_deployments_ended").HasFilter(Succeeded);
        deployment.HasIndex(d => new { d.Application, d.Stage, d.Id }, "ix_deployments_of_application").HasFilter(Succeeded);
        // Whoever starts an operation asks what of the ended ones may still run: hardly ever any.
        deployment.HasIndex(d => d.Application, "ix_deployments_stop_due").HasFilter("may_run AND finished_at IS NOT NULL");
    }
}
