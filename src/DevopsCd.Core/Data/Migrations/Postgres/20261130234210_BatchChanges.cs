using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace DevopsCd.Core.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class BatchChanges : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "batch_changes",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    cursor = table.Column<long>(type: "bigint", nullable: true),
                    batch_id = table.Column<long>(type: "bigint", nullable: false),
                    event_id = table.Column<long>(type: "bigint", nullable: true),
                    releases = table.Column<string>(type: "text", nullable: true),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_batch_changes", x => x.id);
                    table.ForeignKey(
                        name: "fk_batch_changes_batch_events_event_id",
                        column: x => x.event_id,
                        principalTable: "batch_events",
                        principalColumn: "id");
                });

            migrationBuilder.CreateIndex(
                name: "ix_batch_changes_cursor",
                table: "batch_changes",
                column: "cursor",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_batch_changes_event_id",
                table: "batch_changes",
                column: "event_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "batch_changes");
        }
    }
}
