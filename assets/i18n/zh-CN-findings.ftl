# “提示”中带数值的语句（told-）的译文；英文原文写在各发现之处，旧病例中没有数值时显示英文。

## 测量
told-hip-bone-cut-off = 髋骨在扫描范围边缘被截断。
told-femur-missing = 该侧缺少股骨：该髋关节只能测量髋臼。
told-hip-bone-missing = 该侧缺少髋骨：没有骨盆前平面，该髋关节只能测量股骨。
told-hip-missing = 该侧缺少髋骨与股骨：没有骨盆前平面，该髋关节无可测量。
told-sacrum-missing = 缺少骶骨：无法测量骶骨倾斜角、脊柱骨盆倾斜角与骨盆入射角。
told-head-not-concentric = 股骨头与髋臼不同心：股骨头中心距髋臼中心 { $apart } mm。
told-head-not-round = 股骨头不圆：其表面与球面相差 { $rms } mm（均方根）。
told-metal-near = 股骨头中心 { $within } mm 以内有金属（约 { $amount } cm³），最近处距中心 { $nearest } mm：其附近的表面与测量值可能有误。
told-knee-not-in-scan = 扫描范围不含膝关节：无法测量股骨前倾角。股骨坐标系以股骨干轴线代替机械轴，并旋转至股骨颈具有人群中位扭转角 { $torsion }°（标准差 10°）：据此扫描时下肢{ $way ->
    [outwards] 外旋
   *[inwards] 内旋
} { $turn }°。动作与活动度的旋转由此起算，其偏差即该股骨扭转角与中位值之差。
told-knee-estimated = 扫描范围不含膝关节：其中心由统计形状模型与现有股骨拟合估计，下肢横向不确定度为 { $across } mm，纵向为 { $along } mm，机械轴为 { $axis }°（一个标准差）。
told-femur-cut-off = 扫描范围包含股骨头中心以下 { $below } mm 的股骨。其股骨干轴线由统计形状模型与该部分拟合估计，与真实轴线之差在一半的股骨中不超过 { $half }°，在 20 根股骨中的 19 根不超过 { $most }°：所有依赖它的测量值以及股骨柄均为估计值。

## 计划
told-cup-functional = 在骨盆前平面坐标系中，髋臼杯外展角 { $inclination }°，前倾角 { $anteversion }°（影像学）；按扫描时的骨盆位置（后倾 { $tilt }°）则为 { $supine-inclination }° 与 { $supine-anteversion }°。
told-cup-size-range = 髋臼需要 { $wanted } mm 的髋臼杯；目录中最接近的为 { $nearest } mm。
told-cup-smaller = 选用 { $chosen } mm 而非 { $nearest } mm 的髋臼杯，以保留更多的髋臼壁。
told-cup-breach = 髋臼杯穿破内侧壁 { $breach } mm，允许范围内没有可避免的型号或位置。
told-cup-breached = 髋臼杯穿破内侧壁 { $breach } mm。
told-cup-other-size = 髋臼杯为 { $chosen } mm；髋臼需要 { $wanted } mm，目录中最接近的为 { $nearest } mm。
told-cup-wall = 髋臼杯后方剩余内侧壁 { $wall } mm，要求为 { $asked } mm。
told-cup-wall-unknown = 无法测量髋臼杯后方的内侧壁：请在断层图像上确认髋臼杯未将其穿破。
told-cup-angles = 髋臼杯外展角 { $inclination }°，前倾角 { $anteversion }°（影像学，骨盆前平面）：超出 Lewinnek 安全区（40° ± 10° 与 15° ± 10°）。
told-cup-centre = 髋臼杯中心距原髋臼中心 { $moved } mm。
told-cup-coverage = 髋臼杯骨覆盖率为 { $covered } %；非骨水泥固定通常至少为 { $usual } %。
told-leg-length = 与扫描相比，下肢长度改变 { $change } mm（延长为正）。
told-offset = 与扫描相比，总偏心距改变 { $change } mm（外移为正）。
told-nerve = 下肢延长 { $change } mm：超过 { $most } mm 有损伤坐骨神经的危险。股骨短缩 { $shortening } mm 可保持在此限度内。
told-stem-alignment = 股骨柄轴线与股骨干轴线相差 { $tilt }°。
told-head-anteroposterior = 新股骨头相对原股骨头前后移动 { $forward } mm（向前为正）。
told-stem-version = 股骨柄转向原股骨头中心（按 Murphy 法计前倾角）；与不经过股骨干轴线的原股骨颈轴线相比，前倾改变 { $more }°（增大为正）。
told-canal-narrow = 髓腔对目录中的所有股骨柄都过窄：“{ $stem }”在最紧处尚缺 { $lacking } mm。
told-stem-tight = 股骨柄“{ $stem }”无法放入：在最紧处尚缺 { $lacking } mm。
told-canal-wide = 股骨柄“{ $stem }”在最紧处填充髓腔宽度的 { $fill } %，目标为 { $target } %。
told-stem-perforation = 股骨柄“{ $stem }”距股骨外表面仅 { $left } mm，要求至少 { $asked } mm。
told-stem-turned = 股骨柄相对原前倾角旋转 { $turn }°（前倾增大为正）。
told-stem-leans = 股骨柄在冠状面内相对髓腔轴线倾斜 { $varus }°（内翻为正）。
told-stem-tip-unseen = 股骨柄尖端位于小转子以下 { $tip } mm，而髓腔仅已知至 { $known } mm：再往下未检查匹配情况。
told-nerve-shortened = 下肢延长 { $change } mm：超过 { $most } mm 有损伤坐骨神经的危险。股骨取出的 { $removed } mm 不足，需再短缩 { $shortening } mm。
told-osteotomy = 在小转子以下 { $level } mm 截断股骨，取出 { $length } mm；远段旋转 { $turn }°（向外为正），倾斜 { $valgus }°（外翻为正），屈曲 { $flexion }°。
told-osteotomy-proposed = 股骨短缩 { $length } mm，截骨处在小转子以下 { $level } mm：下肢延长 { $with } mm 而非 { $without } mm，因为超过 { $most } mm 有损伤坐骨神经的危险。
told-osteotomy-impossible = 在此股骨上无法规划可避免如此延长的短缩：未找到小转子，或已知的股骨干与髓腔过少。
told-osteotomy-contact = 较小的截面仅有 { $share } % 与另一截面接触（{ $area } mm²）；希望至少 { $usual } %。
told-osteotomy-bridging = 股骨柄超过截骨处 { $reached } mm，要求 { $wanted } mm（髓腔直径的 { $diameters } 倍）：请选用更长的柄，或加固定。
told-osteotomy-tight-above = 股骨柄不能进入截骨处以上的髓腔：最紧处间隙 { $clearance } mm。
told-osteotomy-tight-below = 股骨柄不能进入截骨处以下的髓腔：最紧处间隙 { $clearance } mm。
told-dome = 髋臼杯上方由 { $from } 点至 { $to } 点、自杯缘向上至 { $height }° 缺骨：杯外 { $depth } mm 以内缺 { $volume } ml，最深处 { $deepest } mm，需以垫块或植骨填充。
told-graft-enough = 患者自体股骨头为 { $head } ml，其中 { $usable } ml（{ $share } %）计为可用于植骨：足以填充所缺的 { $volume } ml。
told-graft-short = 患者自体股骨头为 { $head } ml，其中 { $usable } ml（{ $share } %）计为可用于植骨：少于所缺的 { $volume } ml。
told-augment = 通用垫块中可填充该缺损的最小者为“{ $augment }”。
told-augment-none = 没有单个通用垫块可填充该缺损。
told-augment-suggested = 在该髋臼杯可用的垫块中，可填充缺损的最小者为“{ $augment }”，其中部位于 { $hour } 点；不会自动放置。
told-augment-other-cup = 该髋臼杯没有可填充缺损的垫块；在同直径的髋臼杯“{ $cup }”上，“{ $augment }”可填充，其中部位于 { $hour } 点。
told-augment-cup = 垫块“{ $augment }”不能装在髋臼杯“{ $cup }”上。
told-hardware-cup = 患者体内已有的金属（第 { $piece } 块，{ $volume } ml）阻碍髋臼杯：其中 { $overlap } ml，最深 { $depth } mm；必须取出。
told-hardware-stem = 患者体内已有的金属（第 { $piece } 块，{ $volume } ml）阻碍股骨柄：其中 { $overlap } ml，最深 { $depth } mm；必须取出。
told-hardware-screws = 患者体内已有的金属阻挡经杯壳 { $all } 个钉孔中 { $blocked } 个的螺钉，位于 { $at } 点：请不用这些钉孔，或取出金属。
told-hardware-resection = 患者体内已有的金属（第 { $piece } 块，{ $volume } ml）横跨股骨颈截骨面，越过 { $depth } mm：锯路上有 { $overlap } ml；必须取出。
told-hardware-osteotomy = 患者体内已有的金属（第 { $piece } 块，{ $volume } ml）横跨股骨干截骨面，越过 { $depth } mm：锯路上有 { $overlap } ml；必须取出。
told-hardware-near-cup = 患者体内已有的金属（第 { $piece } 块，{ $volume } ml）距髋臼杯 { $distance } mm。
told-hardware-near-stem = 患者体内已有的金属（第 { $piece } 块，{ $volume } ml）距股骨柄 { $distance } mm。

## 计划的效果
told-cup-uncovered = 髋臼杯 { $uncovered } % 无骨覆盖（超过 { $most } % 时非骨水泥髋臼杯可能不稳，为经验值），最多处为 { $hour } 点（12 点为上，3 点为前）：该处 { $there } %。
told-cup-wall-thin = 髋臼杯内侧剩余骨 { $wall } mm（穿破为负）；少于 { $least } mm 时内侧壁可能破裂，为经验值。
told-cup-overhang = 髋臼杯缘在 { $hour } 点处（12 点为上，3 点为前）超出前壁 { $overhang } mm：可能刺激髂腰肌。超过 { $most } mm 为经验值。
told-screw-anterior-superior = 通过 { $hour } 点、距极点 { $pole }° 钉孔的螺钉指向前上象限，骨长 { $bone } mm：更长的螺钉危及髂外血管（Wasielewski 1990）。
told-screw-anterior-inferior = 通过 { $hour } 点、距极点 { $pole }° 钉孔的螺钉指向前下象限，骨长 { $bone } mm：更长的螺钉危及闭孔神经与血管（Wasielewski 1990）。
told-stem-cortex-lateral = 小转子下方 { $level } mm 处股骨柄外侧剩余骨 { $cortex } mm；少于 { $least } mm 时股骨可能在该处骨折，为经验值。
told-stem-cortex-anterior = 小转子下方 { $level } mm 处股骨柄前方剩余骨 { $cortex } mm；少于 { $least } mm 时股骨可能在该处骨折，为经验值。
told-stem-cortex-medial = 小转子下方 { $level } mm 处股骨柄内侧剩余骨 { $cortex } mm；少于 { $least } mm 时股骨可能在该处骨折，为经验值。
told-stem-cortex-posterior = 小转子下方 { $level } mm 处股骨柄后方剩余骨 { $cortex } mm；少于 { $least } mm 时股骨可能在该处骨折，为经验值。
told-stem-subsidence = 股骨柄最多填充髓腔宽度的 { $fill } %；少于 { $wanted } % 时可能下沉，为经验值。
told-stem-subsidence-thin = 皮质较薄（皮质指数 { $index }），股骨柄最多填充髓腔宽度的 { $fill } %，少于 { $wanted } %：可能下沉。为经验值。
told-stem-fracture = 皮质较薄（皮质指数 { $index }，Dorr C 型的均值为 { $mean }）：压配非骨水泥柄可能使股骨骨折。为经验值。
told-motion-bone-in-bone = 运动起始位股骨进入骨盆 { $depth } mm：可能是股骨头仍留在股骨上或被标为骨盆，股骨颈截骨过高，或髋关节中心位置有误。
told-motion-implant-in-bone = 运动起始位假体与骨重叠 { $depth } mm：可能是假体位置过深或过高，或手术将切除的骨仍在。
