//! Tables of recorded angles as text: OpenSim's `.mot` and CSV.

/// Numbers under names.
pub(super) struct Table {
    pub(super) columns: Vec<String>,
    /// Each with the line it stands on.
    pub(super) rows: Vec<(usize, Vec<f64>)>,
    /// What a `.mot` says of its angles, with the line on which it does; `None` in CSV.
    pub(super) in_degrees: Option<(usize, bool)>,
}

impl Table {
    /// OpenSim's motion file: lines of `name=value` up to `endheader`, then names and rows parted by white space.
    pub(super) fn of_mot(text: &str) -> Result<Self, String> {
        let end = text.lines().position(|line| line.trim() == "endheader");
        let end =
            end.ok_or("it has no line 'endheader', as OpenSim's motion files do; a table with commas must be called .csv")?;
        let stated = |name: &str| {
            let of_line = |(index, line): (usize, &str)| {
                let (key, value) = line.split_once('=')?;
                (key.trim().eq_ignore_ascii_case(name)).then(|| (index + 1, value.trim().to_owned()))
            };
            text.lines().enumerate().take(end).find_map(of_line)
        };
        let in_degrees = match stated("inDegrees") {
            Some((line, said)) if said == "yes" => (line, true),
            Some((line, said)) if said == "no" => (line, false),
            Some((line, other)) => return Err(format!("line {line} of its header says inDegrees={other}, expected yes or no")),
            None => {
                return Err(
                    "its header does not say whether angles are in degrees: it needs a line inDegrees=yes or inDegrees=no".into(),
                );
            }
        };
        let split = |line: &str| line.split_whitespace().map(str::to_owned).collect();
        let mut table = Self::of_lines(text, end + 1, split)?;
        table.in_degrees = Some(in_degrees);
        if let Some((_, rows)) = stated("nRows") {
            let found = table.rows.len();
            if rows.parse() != Ok(found) {
                return Err(format!("its header promises nRows={rows}, found {found} rows: it is not whole"));
            }
        }
        Ok(table)
    }

    /// Names in the first line, then numbers, parted by commas.
    pub(super) fn of_csv(text: &str) -> Result<Self, String> {
        Self::of_lines(text, 0, |line| {
            line.trim_start_matches('\u{feff}').split(',').map(|cell| cell.trim().to_owned()).collect()
        })
    }

    fn of_lines(text: &str, skip: usize, split: impl Fn(&str) -> Vec<String>) -> Result<Self, String> {
        let mut lines = text.lines().enumerate().skip(skip).filter(|(_, line)| !line.trim().is_empty());
        let (_, header) = lines.next().ok_or("it has no line with the names of its columns")?;
        let columns = split(header);
        let mut rows = Vec::new();
        for (index, line) in lines {
            let (number, cells) = (index + 1, split(line));
            if cells.len() != columns.len() {
                return Err(format!("line {number} has {} numbers, there are {} columns", cells.len(), columns.len()));
            }
            let mut row = Vec::with_capacity(cells.len());
            for (cell, column) in cells.iter().zip(&columns) {
                let value =
                    cell.parse().map_err(|_| format!("line {number}, column '{column}': expected a number, found '{cell}'"))?;
                row.push(value);
            }
            rows.push((number, row));
        }
        if rows.is_empty() { Err("it has no rows".into()) } else { Ok(Self { columns, rows, in_degrees: None }) }
    }

    /// Where a column stands.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }
}
