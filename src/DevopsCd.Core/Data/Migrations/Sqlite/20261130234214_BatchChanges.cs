using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DevopsCd.Core.Data.Migrations.Sqlite
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
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    cursor = table.Column<long>(type: "INTEGER", nullable: true),
                    batch_id = table.Column<long>(type: "INTEGER", nullable: false),
                    event_id = table.Column<long>(type: "INTEGER", nullable: true),
                    releases = table.Column<string>(type: "TEXT", nullable: true),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
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
