using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DevopsCd.Core.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Triage : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "previous_run",
                table: "deployments",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "restarts",
                table: "deployments",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "triage",
                table: "deployments",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "previous_run",
                table: "deployments");

            migrationBuilder.DropColumn(
                name: "restarts",
                table: "deployments");

            migrationBuilder.DropColumn(
                name: "triage",
                table: "deployments");
        }
    }
}
