using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DevopsCd.Core.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class WholeBatchRollback : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "previous_image",
                table: "deployments",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "previous_revision",
                table: "deployments",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "previous_unchanged",
                table: "deployments",
                type: "boolean",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "redeploys",
                table: "deployments",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "reverts",
                table: "deployments",
                type: "character varying(63)",
                maxLength: 63,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "rollback_attempt",
                table: "batches",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "rollback_by",
                table: "batches",
                type: "character varying(200)",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "rollback_finished_at",
                table: "batches",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "rollback_reason",
                table: "batches",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "rollback_requested",
                table: "batches",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "rollback_started_at",
                table: "batches",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "rolled_back_at",
                table: "batches",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "rollback_status",
                table: "batch_releases",
                type: "character varying(16)",
                maxLength: 16,
                nullable: false,
                defaultValue: "none");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "previous_image",
                table: "deployments");

            migrationBuilder.DropColumn(
                name: "previous_revision",
                table: "deployments");

            migrationBuilder.DropColumn(
                name: "previous_unchanged",
                table: "deployments");

            migrationBuilder.DropColumn(
                name: "redeploys",
                table: "deployments");

            migrationBuilder.DropColumn(
                name: "reverts",
                table: "deployments");

            migrationBuilder.DropColumn(
                name: "rollback_attempt",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "rollback_by",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "rollback_finished_at",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "rollback_reason",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "rollback_requested",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "rollback_started_at",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "rolled_back_at",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "rollback_status",
                table: "batch_releases");
        }
    }
}
