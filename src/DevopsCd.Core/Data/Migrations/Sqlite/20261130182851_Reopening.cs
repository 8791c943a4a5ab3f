using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DevopsCd.Core.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Reopening : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "outdated",
                table: "deployments",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "seal_number",
                table: "batches",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            // What is sealed at present has been sealed once.
            migrationBuilder.Sql("UPDATE batches SET seal_number = 1 WHERE tagged_at IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "outdated",
                table: "deployments");

            migrationBuilder.DropColumn(
                name: "seal_number",
                table: "batches");
        }
    }
}
