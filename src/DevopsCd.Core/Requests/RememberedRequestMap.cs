using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Core.Requests;

/// <summary>Table <c>remembered_requests</c>.</summary>
internal sealed class RememberedRequestMap : IEntityTypeConfiguration<RememberedRequest>
{
    public void Configure(EntityTypeBuilder<RememberedRequest> request)
    {
        request.ToTable("remembered_requests");
        request.Property(r => r.Id).ValueGeneratedNever();
        request.Property(r => r.Fingerprint).HasMaxLength(64);
        request.HasIndex(r => r.CreatedAt);
    }
}
