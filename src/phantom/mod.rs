//! Synthetic skin with known truth.
pub mod skin;
pub mod spectra;
pub mod table;
pub mod vectors;

#[cfg(test)]
mod show { 
    #[test]
    fn show() {
        for s in [0.028, 0.0] {
        let m = super::skin::SkinModel::new(s);
        let v = super::vectors::PigmentVectors::fit(&m);
        println!("{s} {v:?} {:?} {:?}", super::vectors::unit(v.melanin), super::vectors::unit(v.blood));
        for fb in [0.006,0.012,0.018] { println!("fb {fb} at .01: {:?} {:?}", m.lab(0.01,fb), crate::color::ita::ita_deg(m.lab(0.01,fb))); }
 for ita in [65.,55., 40.,28.,10.,0.,-20.,-30.,-40.,-50.] {
          if let Ok(f) = m.melanin_for_ita(ita, 0.025) {println!("{ita} {f:.4} {:?} d {:?}", m.lab(f, 0.025), m.derivatives(f, 0.025));}
        }
        }
    }
}
