//! Measures one photo and prints a few numbers: `cargo run --example measure_one -- fixtures/photos/cheek_tan_pih.jpg`.

use cicatrix::measure::{Column, Config, Outcome, Pipeline, Regions};
use cicatrix::photo::Photo;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).unwrap_or_else(|| "fixtures/photos/cheek_tan_pih.jpg".into());
    let mut config = Config::default();
    config.mm_per_px = Some(0.05);
    let photo = Photo::open(path.as_ref())?;
    match Pipeline::new(config)?.measure(&photo, &Regions::default())? {
        Outcome::Measured(m) => {
            for column in [Column::RELIEF_SQ_MID, Column::MELANIN_MEAN, Column::HEMOGLOBIN_MEAN, Column::ITA_DEG] {
                println!("{} {}", column.metric().name, m.rows[0].get(column));
            }
            println!("{} spots", m.lesions.len());
        }
        Outcome::Refused { reasons, .. } => println!("not measured: {}", reasons[0].message),
    }
    Ok(())
}
