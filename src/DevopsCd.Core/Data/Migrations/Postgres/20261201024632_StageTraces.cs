using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DevopsCd.Core.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class StageTraces : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "trace",
                table: "deployments",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "stage_trace",
                table: "batches",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "trace",
                table: "deployments");

            migrationBuilder.DropColumn(
                name: "stage_trace",
                table: "batches");
        }
    }
}
