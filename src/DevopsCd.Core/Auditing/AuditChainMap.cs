using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Auditing;

/// <summary>Table <c>audit_chains</c>.</summary>
internal sealed class AuditChainMap : IEntityTypeConfiguration<AuditChain>
{
    public void Configure(EntityTypeBuilder<AuditChain> chain)
    {
        chain.ToTable("audit_chains");
        chain.HasKey(c => c.BatchCorrelationId);
        chain.Property(c => c.BatchCorrelationId).ValueGeneratedNever();
        chain.Ignore(c => c.LockedIn);
        chain.Property(c => c.Hash).HasMaxLength(64);
    }
}
