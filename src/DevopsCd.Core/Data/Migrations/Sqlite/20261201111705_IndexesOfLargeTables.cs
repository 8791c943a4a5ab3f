using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DevopsCd.Core.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class IndexesOfLargeTables : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_batch_events_event_at",
                table: "batch_events",
                columns: new[] { "event", "at" },
                filter: "outcome = 'accepted'");

            migrationBuilder.CreateIndex(
                name: "ix_deployments_stage_finished_at",
                table: "deployments",
                columns: new[] { "stage", "finished_at" },
                filter: "status = 'succeeded'");

            migrationBuilder.CreateIndex(
                name: "ix_deployments_application_stage_id",
                table: "deployments",
                columns: new[] { "application", "stage", "id" },
                filter: "status = 'succeeded'");

            migrationBuilder.CreateIndex(
                name: "ix_deployments_id",
                table: "deployments",
                column: "id",
                filter: "finished_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_gate_runs_batch_id",
                table: "gate_runs",
                column: "batch_id",
                filter: "status = 'pending'");

            migrationBuilder.CreateIndex(
                name: "ix_notifications_carried_by",
                table: "notifications",
                column: "carried_by",
                filter: "carried_by IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_batch_events_event_at",
                table: "batch_events");

            migrationBuilder.DropIndex(
                name: "ix_deployments_stage_finished_at",
                table: "deployments");

            migrationBuilder.DropIndex(
                name: "ix_deployments_application_stage_id",
                table: "deployments");

            migrationBuilder.DropIndex(
                name: "ix_deployments_id",
                table: "deployments");

            migrationBuilder.DropIndex(
                name: "ix_gate_runs_batch_id",
                table: "gate_runs");

            migrationBuilder.DropIndex(
                name: "ix_notifications_carried_by",
                table: "notifications");
        }
    }
}
