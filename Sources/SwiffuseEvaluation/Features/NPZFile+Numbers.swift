import SwiffuseIO

extension NPZFile {
    /// The numbers of an array, if the squares and products of all stay finite: what Float32 can hold.
    func finiteNumbers(_ name: String) throws(DataError) -> [Double] {
        let values = try float64(name)
        guard let index = values.firstIndex(where: { !Float($0).isFinite }) else { return values }
        let width = headers[name]?.shape.dropFirst().first
        let place = width.map { "[\(index / $0), \(index % $0)]" } ?? "\(index)"
        throw .malformed(
            path: path,
            reason:
                "element \(place) of its array '\(name)' is \(values[index]); all must be finite numbers as Float32 "
                + "can hold: compute them again, or leave out what is damaged")
    }
}
