using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DevopsCd.Core.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class AuditChain : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "hash",
                table: "batch_events",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "number",
                table: "batch_events",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "previous_hash",
                table: "batch_events",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "audit_chains",
                columns: table => new
                {
                    batch_correlation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    length = table.Column<int>(type: "integer", nullable: false),
                    hash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    adopted = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_chains", x => x.batch_correlation_id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_batch_events_batch_correlation_id",
                table: "batch_events",
                column: "batch_correlation_id",
                filter: "hash IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_batch_events_batch_correlation_id_number",
                table: "batch_events",
                columns: new[] { "batch_correlation_id", "number" },
                unique: true,
                filter: "number IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit_chains");

            migrationBuilder.DropIndex(
                name: "ix_batch_events_batch_correlation_id",
                table: "batch_events");

            migrationBuilder.DropIndex(
                name: "ix_batch_events_batch_correlation_id_number",
                table: "batch_events");

            migrationBuilder.DropColumn(
                name: "hash",
                table: "batch_events");

            migrationBuilder.DropColumn(
                name: "number",
                table: "batch_events");

            migrationBuilder.DropColumn(
                name: "previous_hash",
                table: "batch_events");
        }
    }
}
